output "name" {
  description = "Name of the cluster."
  value       = aws_ecs_cluster.this.name
}

output "arn" {
  description = "The cluster."
  value       = aws_ecs_cluster.this.arn
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    cluster = aws_ecs_cluster.this
  }
}
