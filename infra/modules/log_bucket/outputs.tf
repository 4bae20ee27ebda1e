output "name" {
  description = "Name of the bucket, once it takes logs."
  value       = aws_s3_bucket_policy.this.bucket
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    public_access = aws_s3_bucket_public_access_block.this
    encryption    = one(aws_s3_bucket_server_side_encryption_configuration.this.rule)
    policy        = aws_s3_bucket_policy.this.policy
  }
}
