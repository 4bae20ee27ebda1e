output "key_arn" {
  description = "The key. Whoever uses it waits for its policy."
  value       = aws_kms_key.this.arn
}
