"""What does not belong: passages and documents far from all others; and gaps, which are questions
that found nothing."""
