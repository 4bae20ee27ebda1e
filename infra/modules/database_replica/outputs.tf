output "address" {
  description = "Its host and port."
  value       = aws_db_instance.this.endpoint
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    instance = {
      replicate_source_db = aws_db_instance.this.replicate_source_db
      publicly_accessible = aws_db_instance.this.publicly_accessible
      storage_encrypted   = aws_db_instance.this.storage_encrypted
    }
  }
}
