output "secret_arn" {
  description = "The secret, once it has a value."
  value       = aws_secretsmanager_secret_version.this.arn
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    secret = aws_secretsmanager_secret.this
    value  = aws_secretsmanager_secret_version.this.secret_string_wo_version
  }
}
