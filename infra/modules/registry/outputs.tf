output "url" {
  description = "Where images are pushed to."
  value       = aws_ecr_repository.this.repository_url
}

output "arn" {
  description = "The repository."
  value       = aws_ecr_repository.this.arn
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    repository = aws_ecr_repository.this
    lifecycle  = jsondecode(aws_ecr_lifecycle_policy.this.policy).rules
  }
}
