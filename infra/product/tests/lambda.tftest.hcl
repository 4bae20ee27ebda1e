mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

variables {
  worker = "lambda"
  lambda = { package = "./versions.tf" }
}

run "the_function_is_the_customers" {
  command = plan

  assert {
    condition = (
      module.lambda_worker[0].planned.functions["process"].function_name == "process-csv-worker"
      && module.lambda_worker[0].planned.functions["process"].handler == "tasks.lambda_handler.process"
      && module.lambda_worker[0].planned.functions["process"].runtime == "python3.11"
      && module.lambda_worker[0].planned.functions["process"].memory_size == 1024
      && module.lambda_worker[0].planned.functions["process"].timeout == 300
    )
    error_message = "process-csv-worker: Python 3.11, 1024 MB, 5 minutes."
  }

  assert {
    condition = (
      module.lambda_worker[0].planned.mapping.event_source_arn == "arn:aws:sqs:us-east-1:111122223333:the-queue"
      && module.lambda_worker[0].planned.mapping.batch_size == 10
      && module.lambda_worker[0].planned.mapping.maximum_batching_window_in_seconds == 5
      && module.lambda_worker[0].planned.mapping.function_response_types == toset(["ReportBatchItemFailures"])
      && module.lambda_worker[0].planned.mapping.scaling_config[0].maximum_concurrency == 10
    )
    error_message = "Batches of 10 within 5 s, 10 at once; only what failed comes again."
  }

  assert {
    condition = (
      module.lambda_worker[0].planned.functions["upkeep"].handler == "tasks.lambda_handler.upkeep"
      && module.lambda_worker[0].planned.schedule.schedule_expression == "rate(1 minute)"
    )
    error_message = "Upkeep comes every minute."
  }

  assert {
    condition = alltrue([for function in values(module.lambda_worker[0].planned.functions) :
      length(function.vpc_config) == 1 && function.vpc_config[0].security_group_ids == toset(["sg-worker"])
      && function.kms_key_arn == module.encryption.key_arn
    ])
    error_message = "Functions are in the network, as workers are, and their variables are encrypted."
  }
}

run "large_files_are_left_to_ecs" {
  command = plan

  assert {
    condition = (
      module.large_file_queue[0].name == "prod-ingestion-large-queue"
      && jsondecode(module.large_file_queue[0].planned.queue.redrive_policy).deadLetterTargetArn == "arn:aws:sqs:us-east-1:111122223333:the-dead-letters"
      && jsondecode(module.large_file_queue[0].planned.queue.redrive_policy).maxReceiveCount == 3
    )
    error_message = "The queue of large files has the same dead-letter queue."
  }

  assert {
    condition     = jsondecode(module.redrive_allow.planned.policy).sourceQueueArns == ["arn:aws:sqs:us-east-1:111122223333:the-queue", "arn:aws:sqs:us-east-1:111122223333:the-large-file-queue"]
    error_message = "Both queues may use the dead-letter queue."
  }

  assert {
    condition = {
      for variable in module.worker_task.planned.containers[0].environment : variable.name => variable.value if startswith(variable.name, "SQS_")
      } == {
      SQS_QUEUE_NAME             = "prod-ingestion-large-queue"
      SQS_LARGE_FILE_QUEUE_NAME  = "prod-ingestion-large-queue"
      SQS_DEAD_LETTER_QUEUE_NAME = "prod-ingestion-dlq"
    }
    error_message = "ECS workers listen to the queue of large files."
  }

  assert {
    condition = (
      module.lambda_worker[0].planned.functions["process"].environment[0].variables["SQS_QUEUE_NAME"] == "prod-ingestion-queue"
      && module.lambda_worker[0].planned.functions["process"].environment[0].variables["SQS_LARGE_FILE_QUEUE_NAME"] == "prod-ingestion-large-queue"
      && module.lambda_worker[0].planned.functions["process"].environment[0].variables["LAMBDA_MAX_FILE_MB"] == "100"
    )
    error_message = "The function knows which files it leaves, and where."
  }

  assert {
    condition     = module.worker_scaling[0].planned.alarm.dimensions == tomap({ QueueName = "prod-ingestion-large-queue" })
    error_message = "ECS workers are scaled by the queue that they empty."
  }
}

run "the_function_is_told_where_the_secret_is_and_not_what" {
  command = plan

  assert {
    condition = alltrue([for function in values(module.lambda_worker[0].planned.functions) : (
      function.environment[0].variables["DATABASE_URL_SECRET_ARN"] == module.database_url.secret_arn
      && !contains(keys(function.environment[0].variables), "DATABASE_URL")
      && !contains(keys(function.environment[0].variables), "AWS_REGION") # Lambda sets it, and refuses another's
    )])
    error_message = "A function reads DATABASE_URL from Secrets Manager when it starts."
  }
}

run "staging_names_its_function" {
  command = plan

  variables {
    environment = "staging"
  }

  assert {
    condition     = module.lambda_worker[0].function_names.process == "staging-process-csv-worker"
    error_message = "Staging may be in the same account."
  }
}
