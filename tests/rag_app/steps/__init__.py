"""Tests of the steps that an LLM plans to an answer."""
