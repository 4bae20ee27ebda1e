output "arn" {
  description = "The task definition in its newest revision."
  value       = aws_ecs_task_definition.this.arn
}

output "family" {
  description = "Its name."
  value       = aws_ecs_task_definition.this.family
}
