"""The embedded stack: Postgres, S3 and SQS, the worker and the dashboard as children of one launcher."""
