output "key_arn" {
  description = "The key. Whoever uses it waits for its policy."
  value       = aws_kms_key.this.arn
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    key = aws_kms_key.this
  }
}
