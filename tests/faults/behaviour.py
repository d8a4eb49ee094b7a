"""What tests and the worker that they start agree on."""

BEHAVIOUR_FILE = "MATINEE_TEST_BEHAVIOUR"
SLEEP_QUERY = "SELECT pg_sleep(20)"
