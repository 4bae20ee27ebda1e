output "name" {
  description = "Name of the queue."
  value       = aws_sqs_queue.this.name
}

output "arn" {
  description = "The queue."
  value       = aws_sqs_queue.this.arn
}

output "url" {
  description = "Address of the queue."
  value       = aws_sqs_queue.this.url
}

output "planned" {
  description = "What is planned, for tests to look at."
  value = {
    queue  = aws_sqs_queue.this
    policy = aws_sqs_queue_policy.this.policy
  }
}
