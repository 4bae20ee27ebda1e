output "vpc_id" {
  description = "The network."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Subnets of the load balancer, one a zone."
  value       = aws_subnet.public[*].id
}

output "private_subnet_ids" {
  description = "Subnets of tasks, functions and the database, one a zone."
  value       = aws_subnet.private[*].id
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    nat_gateways    = aws_nat_gateway.this
    public_subnets  = aws_subnet.public
    private_subnets = aws_subnet.private
    s3_endpoint     = aws_vpc_endpoint.s3
    flow_log        = aws_flow_log.this
  }
}
