"""What tests and the worker that they start agree on."""

BEHAVIOUR_FILE = "MATINEE_TEST_BEHAVIOUR"
THIRD_KIND = "MATINEE_TEST_THIRD_KIND"  # set: a worker knows the kind of docs/extending.md
SLEEP_QUERY = "SELECT pg_sleep(20)"
PASSWORD = "a-long-password-9"
