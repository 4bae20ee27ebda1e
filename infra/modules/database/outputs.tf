output "identifier" {
  description = "Name of the instance."
  value       = aws_db_instance.this.identifier
}

output "arn" {
  description = "The instance."
  value       = aws_db_instance.this.arn
}

output "monitoring_role_arn" {
  description = "Role that reports the machine's figures."
  value       = aws_iam_role.monitoring.arn
}

output "address" {
  description = "Its host and port."
  value       = aws_db_instance.this.endpoint
}

output "username" {
  description = "The master user."
  value       = aws_db_instance.this.username
}

output "database_name" {
  description = "The database."
  value       = aws_db_instance.this.db_name
}
