# A module of its own: it needs the queues that need the dead-letter queue.
resource "aws_sqs_queue_redrive_allow_policy" "this" {
  queue_url = var.dead_letter_queue_url

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = var.source_queue_arns
  })
}
