# Environment variables of the processes: those of ingestion/settings.py that differ from its defaults here. There are no
# keys among them, because credentials come from the roles, and DATABASE_URL comes from its secret.

locals {
  tracing_endpoint = var.tracing.enabled ? { OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:4318" } : {}

  common = merge(
    {
      AWS_REGION                 = data.aws_region.current.name
      S3_BUCKET_NAME             = module.store.name
      SQS_QUEUE_NAME             = module.queue.name
      SQS_DEAD_LETTER_QUEUE_NAME = module.dead_letter_queue.name
      VISIBILITY_TIMEOUT_SECONDS = tostring(var.queue.visibility_seconds)
      SHUTDOWN_SECONDS           = "110"
      LOG_FORMAT                 = "json"
      METRICS_NAMESPACE          = local.metrics_namespace
    },
    local.with_lambda ? {
      SQS_LARGE_FILE_QUEUE_NAME = module.large_file_queue[0].name
      LAMBDA_MAX_FILE_MB        = tostring(var.lambda.max_file_mb)
    } : {},
    var.settings,
  )

  environments = {
    # Browsers come by the load balancer, under the one name. Nobody makes an account uninvited unless settings say so.
    dashboard = merge({ REGISTRATION = "invite" }, local.common, local.tracing_endpoint, { ALLOWED_HOSTS = var.domain_name, PROXY_HOPS = "1" })
    # Beside a Lambda, workers listen where it leaves what is too large for it.
    worker   = merge(local.common, local.tracing_endpoint, { SQS_QUEUE_NAME = local.worker_queue.name })
    function = merge({ for name, value in local.common : name => value if name != "AWS_REGION" }, { DATABASE_URL_SECRET_ARN = module.database_url.secret_arn })
  }
}
