"""Related documents and passages, and recommendations from what somebody knows."""
