output "arn" {
  description = "The task definition in its newest revision."
  value       = aws_ecs_task_definition.this.arn
}

output "family" {
  description = "Its name."
  value       = aws_ecs_task_definition.this.family
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    task       = aws_ecs_task_definition.this
    containers = jsondecode(aws_ecs_task_definition.this.container_definitions)
  }
}
