output "ids" {
  description = "Ids of the groups by name: load_balancer, dashboard, worker, database, endpoints."
  value       = { for name, group in aws_security_group.this : name => group.id }
}
