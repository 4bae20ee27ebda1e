output "name" {
  description = "Name of the service."
  value       = aws_ecs_service.this.name
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    service = aws_ecs_service.this
  }
}
