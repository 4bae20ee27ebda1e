output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.id
}

output "arn" {
  description = "The bucket."
  value       = aws_s3_bucket.this.arn
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    bucket        = aws_s3_bucket.this
    public_access = aws_s3_bucket_public_access_block.this
    versioning    = aws_s3_bucket_versioning.this.versioning_configuration[0].status
    encryption    = one(aws_s3_bucket_server_side_encryption_configuration.this.rule)
    lifecycle     = { for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.id => rule }
    cors          = one(aws_s3_bucket_cors_configuration.this.cors_rule)
    policy        = aws_s3_bucket_policy.this.policy
    logging       = aws_s3_bucket_logging.this
  }
}
