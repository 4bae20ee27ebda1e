mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "tasks_run_the_commands_of_compose" {
  command = plan

  assert {
    condition     = module.dashboard_task.planned.containers[0].command == ["python", "-m", "streamlit", "run", "dashboard/asgi.py", "--server.address", "0.0.0.0", "--server.port", "8501", "--server.headless", "true"]
    error_message = "The dashboard is started as in docker-compose.yml."
  }

  assert {
    condition     = module.worker_task.planned.containers[0].command == ["python", "-m", "dramatiq", "tasks.actors", "--processes", "2", "--threads", "1", "--worker-shutdown-timeout", "3600000"]
    error_message = "The worker is started as in docker-compose.yml."
  }

  assert {
    condition     = module.migrate_task.planned.containers[0].command == ["python", "-m", "alembic", "upgrade", "head"]
    error_message = "Migrations are started as in docker-compose.yml."
  }

  assert {
    condition = alltrue([for task in [module.dashboard_task, module.worker_task, module.migrate_task] :
      task.planned.containers[0].image == "111122223333.dkr.ecr.us-east-1.amazonaws.com/the-repository:1a2b3c4"
    ])
    error_message = "All of them run the same image."
  }
}

run "tasks_are_confined" {
  command = plan

  assert {
    condition = alltrue([for task in [module.dashboard_task, module.worker_task, module.migrate_task] : (
      task.planned.containers[0].readonlyRootFilesystem
      && task.planned.containers[0].user == "10001"
      && task.planned.containers[0].linuxParameters.capabilities.drop == ["ALL"]
      && task.planned.containers[0].mountPoints == [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
      && length(task.planned.containers) == 1
    )])
    error_message = "A task is one container without privileges that writes to /tmp only."
  }

  assert {
    condition = alltrue([for service in [module.dashboard_service[0], module.worker_service[0]] :
      !service.planned.service.network_configuration[0].assign_public_ip
    ])
    error_message = "No task has a public address."
  }

  assert {
    condition = alltrue([for task in [module.dashboard_task, module.worker_task, module.migrate_task] : (
      task.planned.containers[0].logConfiguration.logDriver == "awslogs"
      && task.planned.containers[0].logConfiguration.options["awslogs-region"] == "us-east-1"
    )])
    error_message = "Tasks log to CloudWatch."
  }

  assert {
    condition = alltrue([for group in values(aws_cloudwatch_log_group.this) :
      group.retention_in_days == 90 && group.kms_key_id == module.encryption.key_arn
    ])
    error_message = "Logs are encrypted and end."
  }
}

run "tasks_know_their_environment_and_no_secret" {
  command = plan

  assert {
    condition = { for variable in module.worker_task.planned.containers[0].environment : variable.name => variable.value } == {
      AWS_REGION                 = "us-east-1"
      LOG_FORMAT                 = "json"
      METRICS_NAMESPACE          = "DataIngestion/production"
      S3_BUCKET_NAME             = "the-store"
      SHUTDOWN_SECONDS           = "110"
      SQS_DEAD_LETTER_QUEUE_NAME = "prod-ingestion-dlq"
      SQS_QUEUE_NAME             = "prod-ingestion-queue"
      VISIBILITY_TIMEOUT_SECONDS = "300"
    }
    error_message = "A worker is told where things are; keys and addresses with passwords are not among it."
  }

  assert {
    condition     = { for variable in module.dashboard_task.planned.containers[0].environment : variable.name => variable.value }.SQS_QUEUE_NAME == "prod-ingestion-queue"
    error_message = "The dashboard sends to the queue."
  }
}

run "settings_reach_the_tasks" {
  command = plan

  variables {
    settings = { MAX_UPLOAD_MB = "500", RETENTION_DAYS = "90" }
  }

  assert {
    condition = alltrue([for task in [module.dashboard_task, module.worker_task] : (
      { for variable in task.planned.containers[0].environment : variable.name => variable.value }.MAX_UPLOAD_MB == "500"
      && { for variable in task.planned.containers[0].environment : variable.name => variable.value }.RETENTION_DAYS == "90"
    )])
    error_message = "Settings are the same in every task."
  }
}

run "a_deployment_has_no_gap_and_goes_back_when_it_fails" {
  command = plan

  assert {
    condition = alltrue([for service in [module.dashboard_service[0], module.worker_service[0]] : (
      service.planned.service.deployment_circuit_breaker[0].enable
      && service.planned.service.deployment_circuit_breaker[0].rollback
    )])
    error_message = "A deployment that fails goes back to what ran before."
  }

  assert {
    condition = alltrue([for service in [module.dashboard_service[0], module.worker_service[0]] : (
      service.planned.service.deployment_minimum_healthy_percent == 100
      && service.planned.service.deployment_maximum_percent == 200
    )])
    error_message = "New tasks come before old ones go."
  }

  assert {
    condition     = module.worker_task.planned.containers[0].stopTimeout == 120
    error_message = "A worker has two minutes to finish or hand back what it works on."
  }

  assert {
    condition     = module.dashboard_task.planned.containers[0].healthCheck.command[0] == "CMD" && strcontains(module.dashboard_task.planned.containers[0].healthCheck.command[3], "http://127.0.0.1:8501/livez")
    error_message = "ECS asks the dashboard whether it is alive."
  }

  assert {
    condition     = strcontains(module.worker_task.planned.containers[0].healthCheck.command[3], "/proc/1/task/1/children")
    error_message = "ECS asks whether the worker's master has processes."
  }

  assert {
    condition     = module.registry.planned.repository.image_tag_mutability == "IMMUTABLE" && module.registry.planned.repository.image_scanning_configuration[0].scan_on_push
    error_message = "An image is scanned, and its tag never names another one."
  }
}

run "traces_go_by_a_collector_beside_the_task" {
  command = plan

  variables {
    tracing = { enabled = true }
  }

  assert {
    condition = alltrue([for task in [module.dashboard_task, module.worker_task] : (
      [for container in task.planned.containers : container.name][1] == "collector"
      && !task.planned.containers[1].essential
      && { for variable in task.planned.containers[0].environment : variable.name => variable.value }.OTEL_EXPORTER_OTLP_ENDPOINT == "http://127.0.0.1:4318"
    )])
    error_message = "Tasks send their traces to a collector beside them, without which they go on."
  }

  assert {
    condition     = length(module.migrate_task.planned.containers) == 1
    error_message = "A migration is not traced."
  }
}
