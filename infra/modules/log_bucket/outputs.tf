output "name" {
  description = "Name of the bucket, once it takes logs."
  value       = aws_s3_bucket_policy.this.bucket
}
