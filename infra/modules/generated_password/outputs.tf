output "password" {
  description = "The password as stored."
  value       = ephemeral.aws_secretsmanager_secret_version.this.secret_string
  ephemeral   = true
  sensitive   = true
}
