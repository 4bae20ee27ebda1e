mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "production_has_the_customers_queue" {
  command = plan

  assert {
    condition     = module.queue.name == "prod-ingestion-queue" && module.dead_letter_queue.name == "prod-ingestion-dlq"
    error_message = "The queues are prod-ingestion-queue and prod-ingestion-dlq."
  }

  assert {
    condition     = module.queue.planned.queue.visibility_timeout_seconds == 300 && module.queue.planned.queue.message_retention_seconds == 1209600
    error_message = "A message is hidden for 300 s and kept for 14 days."
  }

  assert {
    condition     = module.dead_letter_queue.planned.queue.message_retention_seconds == 1209600
    error_message = "Dead letters are kept for 14 days."
  }

  assert {
    condition     = module.queue.planned.queue.receive_wait_time_seconds == 10
    error_message = "Workers poll long."
  }

  assert {
    condition = jsondecode(module.queue.planned.queue.redrive_policy) == {
      deadLetterTargetArn = "arn:aws:sqs:us-east-1:111122223333:the-dead-letters"
      maxReceiveCount     = 3
    }
    error_message = "After 3 receives a message is a dead letter."
  }

  assert {
    condition     = !can(jsondecode(module.dead_letter_queue.planned.queue.redrive_policy))
    error_message = "A dead letter goes nowhere else."
  }

  assert {
    condition = jsondecode(module.redrive_allow.planned.policy) == {
      redrivePermission = "byQueue"
      sourceQueueArns   = ["arn:aws:sqs:us-east-1:111122223333:the-queue"]
    }
    error_message = "No other queue may use this dead-letter queue."
  }

  assert {
    condition     = alltrue([for queue in [module.queue, module.dead_letter_queue] : queue.planned.queue.sqs_managed_sse_enabled])
    error_message = "Messages are encrypted."
  }

  assert {
    condition = alltrue([for queue in [module.queue, module.dead_letter_queue] : (
      jsondecode(queue.planned.policy).Statement[0].Effect == "Deny"
      && jsondecode(queue.planned.policy).Statement[0].Action == "sqs:*"
      && jsondecode(queue.planned.policy).Statement[0].Resource == queue.arn
      && jsondecode(queue.planned.policy).Statement[0].Condition == { Bool = { "aws:SecureTransport" = "false" } }
    )])
    error_message = "Nobody reaches a queue without TLS."
  }

  assert {
    condition     = length(module.large_file_queue) == 0
    error_message = "Without a Lambda there is no queue of large files."
  }
}

run "staging_has_its_own_names" {
  command = plan

  variables {
    environment = "staging"
  }

  assert {
    condition     = module.queue.name == "staging-ingestion-queue" && module.dead_letter_queue.name == "staging-ingestion-dlq"
    error_message = "Staging's queues begin with staging."
  }

  assert {
    condition     = module.cluster.name == "staging-data-ingestion-cluster"
    error_message = "Staging's cluster begins with staging."
  }
}

run "receives_and_visibility_can_be_chosen" {
  command = plan

  variables {
    queue = { visibility_seconds = 600, max_receives = 7 }
  }

  assert {
    condition     = module.queue.planned.queue.visibility_timeout_seconds == 600 && jsondecode(module.queue.planned.queue.redrive_policy).maxReceiveCount == 7
    error_message = "The queue takes what was chosen."
  }

  assert {
    condition     = { for variable in module.worker_task.planned.containers[0].environment : variable.name => variable.value }.VISIBILITY_TIMEOUT_SECONDS == "600"
    error_message = "Workers know how long a message is hidden: they extend it in time."
  }
}
