output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    target  = aws_appautoscaling_target.this
    backlog = aws_appautoscaling_policy.backlog
    age     = aws_appautoscaling_policy.age
    alarm   = aws_cloudwatch_metric_alarm.age
  }
}
