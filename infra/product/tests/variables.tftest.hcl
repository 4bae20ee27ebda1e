mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

# Each variable on its own says what to do, before anything is planned.

# Another database, a name with a scheme, a tag that says nothing, a setting that follows from other variables...
run "what_cannot_be_is_refused" {
  command = plan

  variables {
    environment        = "test"
    domain_name        = "https://contacts.example.com"
    certificate_arn    = "arn:aws:iam::111122223333:server-certificate/x"
    allowed_cidrs      = []
    image_tag          = "latest"
    network            = { cidr = "10.20.0.0/28" }
    dashboard_tasks    = { max = 11 }
    worker_tasks       = { min = 0 }
    queue              = { max_receives = 0 }
    bucket_suffix      = "example"
    database           = { engine_version = "16.4" }
    database_password  = "p@ss/word:with?signs"
    settings           = { SQS_QUEUE_NAME = "another" }
    log_retention_days = 45
    alarm_emails       = ["data-ops"]
  }

  expect_failures = [
    var.environment,
    var.domain_name,
    var.certificate_arn,
    var.allowed_cidrs,
    var.image_tag,
    var.network,
    var.dashboard_tasks,
    var.worker_tasks,
    var.queue,
    var.bucket_suffix,
    var.database,
    var.database_password,
    var.settings,
    var.log_retention_days,
    var.alarm_emails,
  ]
}

# No disk of 500 GB, no task that is left to run on for five minutes, no database without snapshots.
run "what_aws_has_not_is_refused" {
  command = plan

  variables {
    network         = { zone_letters = ["a", "a"] }
    dashboard_tasks = { min = 0 }
    worker_tasks    = { disk_gb = 500 }
    lambda          = { max_concurrency = 1 }
    database        = { backup_days = 0 }
    settings        = { SHUTDOWN_SECONDS = "300" }
  }

  expect_failures = [
    var.network,
    var.dashboard_tasks,
    var.worker_tasks,
    var.lambda,
    var.database,
    var.settings,
  ]
}

# On its own, because other variables are checked against it.
run "what_others_depend_on_is_refused" {
  command = plan

  variables {
    worker = "fargate"
    queue  = { visibility_seconds = 50000 }
  }

  expect_failures = [
    var.worker,
    var.queue,
  ]
}

# A least above the most, storage that cannot grow.
run "what_does_not_go_together_is_refused" {
  command = plan

  variables {
    dashboard_tasks = { min = 5, max = 4 }
    worker_tasks    = { max = 6 }
    lambda          = { timeout_seconds = 301 }
    database        = { allocated_gb = 100, max_allocated_gb = 100 }
  }

  expect_failures = [
    var.dashboard_tasks,
    var.worker_tasks,
    var.lambda,
    var.database,
  ]
}

run "a_lambda_without_a_package_is_refused" {
  command = plan

  variables {
    worker = "lambda"
  }

  expect_failures = [var.lambda]
}
