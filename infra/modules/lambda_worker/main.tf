# The same use-cases as the worker's, called by Lambda instead of a worker process.

locals {
  functions = {
    process = { name = var.name, handler = "tasks.lambda_handler.process", does = "Processes uploaded files" }
    upkeep  = { name = "${var.name}-upkeep", handler = "tasks.lambda_handler.upkeep", does = "Enqueues what was lost, deletes what is due" }
  }
}

resource "aws_s3_object" "package" {
  bucket      = var.package_bucket_name
  key         = "functions/${var.name}.zip"
  source      = var.package
  source_hash = filemd5(var.package)
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_115:The event source mapping bounds concurrency; a reservation would take it from the whole account
  #checkov:skip=CKV_AWS_116:The queue has the dead-letter queue; the mapping calls the function itself, and so does a schedule that comes again
  #checkov:skip=CKV_AWS_272:The package comes from this repository's own build
  #checkov:skip=CKV_AWS_50:Traces are each environment's choice
  for_each = local.functions

  function_name = each.value.name
  description   = each.value.does
  role          = var.role_arn
  runtime       = "python3.11"
  handler       = each.value.handler
  architectures = ["x86_64"]
  memory_size   = var.memory_mb
  timeout       = var.timeout_seconds

  s3_bucket        = aws_s3_object.package.bucket
  s3_key           = aws_s3_object.package.key
  source_code_hash = filebase64sha256(var.package)
  kms_key_arn      = var.kms_key_arn

  environment {
    variables = var.environment
  }

  ephemeral_storage {
    size = var.disk_mb
  }

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [var.security_group_id]
  }

  tracing_config {
    mode = var.traces ? "Active" : "PassThrough"
  }
}

resource "aws_lambda_event_source_mapping" "queue" {
  function_name                      = aws_lambda_function.this["process"].arn
  event_source_arn                   = var.queue_arn
  batch_size                         = var.batch_size
  maximum_batching_window_in_seconds = var.batch_window_seconds
  function_response_types            = ["ReportBatchItemFailures"] # only those come again

  scaling_config {
    maximum_concurrency = var.max_concurrency
  }
}

resource "aws_cloudwatch_event_rule" "upkeep" {
  name                = "${var.name}-upkeep"
  description         = "What worker processes do beside their tasks"
  schedule_expression = "rate(1 minute)"
}

resource "aws_cloudwatch_event_target" "upkeep" {
  rule = aws_cloudwatch_event_rule.upkeep.name
  arn  = aws_lambda_function.this["upkeep"].arn

  retry_policy {
    maximum_retry_attempts       = 0 # the next minute comes anyway
    maximum_event_age_in_seconds = 60
  }
}

resource "aws_lambda_permission" "upkeep" {
  statement_id  = "schedule"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.this["upkeep"].function_name
  principal     = "events.amazonaws.com"
  source_arn    = aws_cloudwatch_event_rule.upkeep.arn
}
