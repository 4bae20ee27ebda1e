output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    policy = aws_sqs_queue_redrive_allow_policy.this.redrive_allow_policy
  }
}
