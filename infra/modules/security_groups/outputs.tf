output "ids" {
  description = "Ids of the groups by name: load_balancer, dashboard, worker, database, endpoints."
  value       = { for name, group in aws_security_group.this : name => group.id }
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    from_anywhere = [for rule in values(aws_vpc_security_group_ingress_rule.https) : rule.cidr_ipv4]
    database      = aws_vpc_security_group_ingress_rule.database
    from_balancer = aws_vpc_security_group_ingress_rule.dashboard_from_load_balancer
  }
}
