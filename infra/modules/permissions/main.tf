# What each process may do, and nothing else. The statements are made here and put together in roles.tf.

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

locals {
  has_lambda = var.lambda != null
  lambda     = local.has_lambda ? var.lambda : { large_file_queue_arn = "", log_group_arns = [] }
  files      = "${var.bucket_arn}/uploads/*"

  # Whoever reads S3 needs to list: without that, S3 answers 403 rather than 404 for what is not there, and a file
  # that is gone would look like an outage.
  look_into_store = {
    Sid      = "LookIntoStore"
    Effect   = "Allow"
    Action   = ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"]
    Resource = [var.bucket_arn]
  }

  # Deleting an upload removes every version of its file and the parts that came of it.
  remove_files = {
    Sid      = "RemoveFiles"
    Effect   = "Allow"
    Action   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:AbortMultipartUpload"]
    Resource = [local.files]
  }

  read_files = {
    Sid      = "ReadFiles"
    Effect   = "Allow"
    Action   = ["s3:GetObject"]
    Resource = [local.files]
  }

  # Parts that browsers send are signed with the dashboard's role.
  write_files = {
    Sid      = "WriteFiles"
    Effect   = "Allow"
    Action   = ["s3:PutObject", "s3:ListMultipartUploadParts"]
    Resource = [local.files]
  }

  decrypt_files = {
    Sid       = "DecryptFiles"
    Effect    = "Allow"
    Action    = ["kms:Decrypt"]
    Resource  = [var.kms_key_arn]
    Condition = { StringEquals = { "kms:ViaService" = "s3.${data.aws_region.current.name}.amazonaws.com" } }
  }

  encrypt_files = merge(local.decrypt_files, {
    Sid    = "EncryptFiles"
    Action = ["kms:Decrypt", "kms:GenerateDataKey"] # an upload in parts needs both
  })

  read_secret = [
    {
      Sid      = "ReadDatabaseUrl"
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue"]
      Resource = [var.database_secret_arn]
    },
    {
      Sid       = "DecryptDatabaseUrl"
      Effect    = "Allow"
      Action    = ["kms:Decrypt"]
      Resource  = [var.kms_key_arn]
      Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${data.aws_region.current.name}.amazonaws.com" } }
    },
  ]

  send = ["sqs:GetQueueUrl", "sqs:GetQueueAttributes", "sqs:SendMessage"]
  work = concat(local.send, ["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"])

  # X-Ray's actions know no resources.
  traces = var.traces ? [{
    Sid      = "SendTraces"
    Effect   = "Allow"
    Action   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"]
    Resource = ["*"]
  }] : []

  process_files = [local.look_into_store, local.read_files, local.remove_files, local.decrypt_files]

  dashboard = concat(
    [
      local.look_into_store, local.read_files, local.write_files, local.remove_files, local.encrypt_files,
      { Sid = "SendJobs", Effect = "Allow", Action = local.send, Resource = [var.queue_arn] },
      {
        Sid    = "LookAfterDeadLetters"
        Effect = "Allow"
        Action = [
          "sqs:GetQueueUrl", "sqs:GetQueueAttributes",
          "sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage",
        ]
        Resource = [var.dead_letter_queue_arn]
      },
    ],
    local.has_lambda ? [{
      Sid      = "LookAtLargeFiles"
      Effect   = "Allow"
      Action   = ["sqs:GetQueueUrl", "sqs:GetQueueAttributes"]
      Resource = [local.lambda.large_file_queue_arn]
    }] : [],
    local.traces,
  )

  worker = concat(
    local.process_files,
    [
      {
        Sid      = "WorkOnJobs"
        Effect   = "Allow"
        Action   = local.work
        Resource = [local.has_lambda ? local.lambda.large_file_queue_arn : var.queue_arn]
      },
      { Sid = "GiveUpMessages", Effect = "Allow", Action = local.send, Resource = [var.dead_letter_queue_arn] },
    ],
    local.traces,
  )

  # Its log groups are there already: it may not make any.
  function = concat(
    local.process_files,
    local.read_secret,
    [
      { Sid = "WorkOnJobs", Effect = "Allow", Action = local.work, Resource = [var.queue_arn] },
      {
        Sid      = "PassOnMessages"
        Effect   = "Allow"
        Action   = local.send
        Resource = [local.lambda.large_file_queue_arn, var.dead_letter_queue_arn]
      },
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = [for arn in local.lambda.log_group_arns : "${arn}:*"]
      },
      {
        Sid       = "DecryptEnvironment"
        Effect    = "Allow"
        Action    = ["kms:Decrypt"]
        Resource  = [var.kms_key_arn]
        Condition = { StringEquals = { "kms:ViaService" = "lambda.${data.aws_region.current.name}.amazonaws.com" } }
      },
      {
        # Lambda makes these before it knows what for: they take no resource.
        Sid    = "JoinNetwork"
        Effect = "Allow"
        Action = [
          "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
          "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
        ]
        Resource = ["*"]
      },
    ],
    local.traces,
  )

  start_tasks = concat(
    [
      {
        Sid      = "SignInToRegistry" # knows no resources
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = ["*"]
      },
      {
        Sid      = "PullImage"
        Effect   = "Allow"
        Action   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = [var.repository_arn]
      },
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = [for arn in var.task_log_group_arns : "${arn}:*"]
      },
    ],
    local.read_secret,
  )
}
