output "topic_arn" {
  description = "Where alarms go."
  value       = aws_sns_topic.alarms.arn
}

output "alarm_names" {
  description = "All alarms."
  value       = sort([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_name])
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    topic   = aws_sns_topic.alarms
    emails  = aws_sns_topic_subscription.email
    alarms  = aws_cloudwatch_metric_alarm.this
    filters = aws_cloudwatch_log_metric_filter.errors
    graphs  = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets
  }
}
