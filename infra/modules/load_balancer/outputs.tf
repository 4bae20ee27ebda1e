output "dns_name" {
  description = "Where the dashboard's domain has to point."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "Route 53's zone of that name, for an alias."
  value       = aws_lb.this.zone_id
}

output "target_group_arn" {
  description = "Where the dashboard's tasks register, once a listener uses it."
  value       = aws_lb_listener.https.default_action[0].target_group_arn
}

output "dimension" {
  description = "The load balancer's name in CloudWatch."
  value       = aws_lb.this.arn_suffix
}

output "target_group_dimension" {
  description = "The target group's name in CloudWatch."
  value       = aws_lb_target_group.dashboard.arn_suffix
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    balancer = aws_lb.this
    targets  = aws_lb_target_group.dashboard
    https    = aws_lb_listener.https
    http     = aws_lb_listener.http
    figures  = aws_lb_listener_rule.figures
  }
}
