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
