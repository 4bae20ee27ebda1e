output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    target   = aws_appautoscaling_target.this
    policies = aws_appautoscaling_policy.this
  }
}
