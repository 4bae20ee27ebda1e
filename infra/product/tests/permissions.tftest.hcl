mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "each_process_may_do_exactly_this" {
  command = plan

  assert {
    condition = { for statement in module.permissions.planned.policies.dashboard.Statement : statement.Sid => "${join(" ", sort(statement.Action))} on ${join(" ", statement.Resource)}" } == {
      LookIntoStore        = "s3:ListBucket s3:ListBucketMultipartUploads s3:ListBucketVersions on arn:aws:s3:::the-store"
      ReadFiles            = "s3:GetObject on arn:aws:s3:::the-store/uploads/*"
      WriteFiles           = "s3:ListMultipartUploadParts s3:PutObject on arn:aws:s3:::the-store/uploads/*"
      RemoveFiles          = "s3:AbortMultipartUpload s3:DeleteObject s3:DeleteObjectVersion on arn:aws:s3:::the-store/uploads/*"
      EncryptFiles         = "kms:Decrypt kms:GenerateDataKey on arn:aws:kms:us-east-1:111122223333:key/the-key"
      SendJobs             = "sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage on arn:aws:sqs:us-east-1:111122223333:the-queue"
      LookAfterDeadLetters = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage on arn:aws:sqs:us-east-1:111122223333:the-dead-letters"
    }
    error_message = "The dashboard stores files, sends jobs and looks after dead letters, and nothing else."
  }

  assert {
    condition = { for statement in module.permissions.planned.policies.worker.Statement : statement.Sid => "${join(" ", sort(statement.Action))} on ${join(" ", statement.Resource)}" } == {
      LookIntoStore  = "s3:ListBucket s3:ListBucketMultipartUploads s3:ListBucketVersions on arn:aws:s3:::the-store"
      ReadFiles      = "s3:GetObject on arn:aws:s3:::the-store/uploads/*"
      RemoveFiles    = "s3:AbortMultipartUpload s3:DeleteObject s3:DeleteObjectVersion on arn:aws:s3:::the-store/uploads/*"
      DecryptFiles   = "kms:Decrypt on arn:aws:kms:us-east-1:111122223333:key/the-key"
      WorkOnJobs     = "sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:GetQueueUrl sqs:ReceiveMessage sqs:SendMessage on arn:aws:sqs:us-east-1:111122223333:the-queue"
      GiveUpMessages = "sqs:GetQueueAttributes sqs:GetQueueUrl sqs:SendMessage on arn:aws:sqs:us-east-1:111122223333:the-dead-letters"
    }
    error_message = "A worker reads and removes files and works on the queue, and nothing else: it stores none."
  }

  assert {
    condition = { for statement in module.permissions.planned.policies.execution.Statement : statement.Sid => "${join(" ", sort(statement.Action))} on ${join(" ", statement.Resource)}" } == {
      SignInToRegistry   = "ecr:GetAuthorizationToken on *"
      PullImage          = "ecr:BatchCheckLayerAvailability ecr:BatchGetImage ecr:GetDownloadUrlForLayer on arn:aws:ecr:us-east-1:111122223333:repository/the-repository"
      WriteLogs          = "logs:CreateLogStream logs:PutLogEvents on ${join(" ", [for _ in range(3) : "arn:aws:logs:us-east-1:111122223333:log-group:a-group:*"])}"
      ReadDatabaseUrl    = "secretsmanager:GetSecretValue on arn:aws:secretsmanager:us-east-1:111122223333:secret:the-address"
      DecryptDatabaseUrl = "kms:Decrypt on arn:aws:kms:us-east-1:111122223333:key/the-key"
    }
    error_message = "ECS pulls the image, writes logs and reads the one secret for a task, and nothing else."
  }

  assert {
    condition     = join(" ", sort(keys(module.permissions.planned.policies))) == "dashboard execution worker"
    error_message = "Without a Lambda it has no role."
  }

  assert {
    condition = alltrue([for role in values(module.permissions.planned.roles) : (
      jsondecode(role.assume_role_policy).Statement[0].Principal == { Service = "ecs-tasks.amazonaws.com" }
      && jsondecode(role.assume_role_policy).Statement[0].Condition == { StringEquals = { "aws:SourceAccount" = "111122223333" } }
    )])
    error_message = "Only ECS takes these roles, and only for this account."
  }
}

run "each_task_has_its_own_role" {
  command = plan

  assert {
    condition = (
      module.dashboard_task.planned.task.task_role_arn == "arn:aws:iam::111122223333:role/the-dashboard"
      && module.worker_task.planned.task.task_role_arn == "arn:aws:iam::111122223333:role/the-worker"
    )
    error_message = "Dashboard and worker have roles of their own."
  }

  assert {
    condition = alltrue([for task in [module.dashboard_task, module.worker_task, module.migrate_task] :
      task.planned.task.execution_role_arn == "arn:aws:iam::111122223333:role/the-execution"
    ])
    error_message = "The role that starts tasks is none of theirs."
  }
}

run "the_key_opens_only_by_way_of_the_service_that_keeps" {
  command = plan

  variables {
    worker = "lambda"
    lambda = { package = "./versions.tf" }
  }

  assert {
    condition = alltrue(flatten([for policy in values(module.permissions.planned.policies) : [
      for statement in policy.Statement : can(statement.Condition.StringEquals["kms:ViaService"]) if startswith(statement.Action[0], "kms:")
    ]]))
    error_message = "No role uses the key on its own."
  }

  assert {
    condition = distinct(flatten([for policy in values(module.permissions.planned.policies) : [
      for statement in policy.Statement : statement.Sid if contains(statement.Resource, "*")
    ]])) == tolist(["SignInToRegistry", "JoinNetwork"])
    error_message = "Star stands only where an action knows no resources."
  }

  assert {
    condition     = alltrue(flatten([for policy in values(module.permissions.planned.policies) : [for statement in policy.Statement : [for action in statement.Action : !strcontains(action, "*")]]]))
    error_message = "Every action is named."
  }
}

run "the_function_passes_large_files_on" {
  command = plan

  variables {
    worker = "lambda"
    lambda = { package = "./versions.tf" }
  }

  assert {
    condition = { for statement in module.permissions.planned.policies.function.Statement : statement.Sid => join(" ", statement.Resource) if startswith(statement.Action[0], "sqs:") } == {
      WorkOnJobs     = "arn:aws:sqs:us-east-1:111122223333:the-queue"
      PassOnMessages = "arn:aws:sqs:us-east-1:111122223333:the-large-file-queue arn:aws:sqs:us-east-1:111122223333:the-dead-letters"
    }
    error_message = "The function works on the queue and sends to the other two."
  }

  assert {
    condition     = [for statement in module.permissions.planned.policies.worker.Statement : statement.Resource if statement.Sid == "WorkOnJobs"] == [["arn:aws:sqs:us-east-1:111122223333:the-large-file-queue"]]
    error_message = "Beside a Lambda, workers work on the queue of large files."
  }

  assert {
    condition     = jsondecode(module.permissions.planned.roles["function"].assume_role_policy).Statement[0].Principal == { Service = "lambda.amazonaws.com" }
    error_message = "Only Lambda takes the function's role."
  }
}

run "traces_need_a_permission" {
  command = plan

  variables {
    tracing = { enabled = true }
  }

  assert {
    condition = alltrue([for role in ["dashboard", "worker"] :
      contains([for statement in module.permissions.planned.policies[role].Statement : statement.Sid], "SendTraces")
    ])
    error_message = "Who traces may send traces to X-Ray."
  }
}
