"""Tunes any numbers that games or scores can judge, day and night, and keeps only what is proved better."""
