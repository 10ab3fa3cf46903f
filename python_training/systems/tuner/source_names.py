"""What proposals are called that do not come from the search itself."""

PATTERN, LLM = "pattern", "llm"
