"""The engine as other libraries know such things."""
