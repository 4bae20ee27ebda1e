resource "aws_sqs_queue" "this" {
  name                       = var.name
  visibility_timeout_seconds = var.visibility_seconds
  message_retention_seconds  = var.retention_seconds
  receive_wait_time_seconds  = var.wait_seconds
  sqs_managed_sse_enabled    = true # messages hold ids and keys of files, nobody's data

  redrive_policy = var.dead_letters == null ? null : jsonencode({
    deadLetterTargetArn = var.dead_letters.queue_arn
    maxReceiveCount     = var.dead_letters.after_receives
  })
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OnlyByTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = aws_sqs_queue.this.arn
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
