# What runs: the dashboard, the workers, migrations, and where asked for the Lambda.

locals {
  image           = "${module.registry.url}:${var.image_tag}"
  collector_image = var.tracing.enabled ? var.tracing.collector_image : null

  log_groups = merge(
    { for task in ["dashboard", "worker", "migrate"] : task => "/ecs/${local.name}/${task}" },
    { for role, name in local.functions : role => "/aws/lambda/${name}" },
  )
  functions = local.with_lambda ? { process = local.function, upkeep = "${local.function}-upkeep" } : {}
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:How long logs are kept is each environment's choice
  for_each = local.log_groups

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = module.encryption.key_arn
}

module "permissions" {
  source = "../modules/permissions"

  name                  = local.name
  bucket_arn            = module.store.arn
  queue_arn             = module.queue.arn
  dead_letter_queue_arn = module.dead_letter_queue.arn
  repository_arn        = module.registry.arn
  database_secret_arn   = module.database_url.secret_arn
  kms_key_arn           = module.encryption.key_arn
  task_log_group_arns   = [for task in ["dashboard", "worker", "migrate"] : aws_cloudwatch_log_group.this[task].arn]
  traces                = var.tracing.enabled

  lambda = local.with_lambda ? {
    large_file_queue_arn = module.large_file_queue[0].arn
    log_group_arns       = [for role in keys(local.functions) : aws_cloudwatch_log_group.this[role].arn]
  } : null
}

module "cluster" {
  source = "../modules/cluster"

  name = local.cluster
}

# --- Dashboard

module "dashboard_task" {
  source = "../modules/task"

  name                = "dashboard"
  family              = "${local.name}-dashboard"
  image               = local.image
  command             = ["python", "-m", "streamlit", "run", "dashboard/asgi.py", "--server.address", "0.0.0.0", "--server.port", tostring(local.dashboard_port), "--server.headless", "true"]
  environment         = local.environments.dashboard
  database_secret_arn = module.database_url.secret_arn
  cpu                 = var.dashboard_tasks.cpu
  memory              = var.dashboard_tasks.memory
  port                = local.dashboard_port
  health_command      = ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:${local.dashboard_port}/livez', timeout=3)"]
  stop_seconds        = 30
  execution_role_arn  = module.permissions.role_arns["execution"]
  task_role_arn       = module.permissions.role_arns["dashboard"]
  log_group_name      = aws_cloudwatch_log_group.this["dashboard"].name
  collector_image     = local.collector_image
}

module "dashboard_service" {
  source = "../modules/service"
  count  = var.deploy_services ? 1 : 0

  name                = local.services.dashboard
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.dashboard_task.arn
  first_count         = var.dashboard_tasks.min
  subnet_ids          = module.network.private_subnet_ids
  security_group_id   = module.security_groups.ids["dashboard"]

  target = {
    group_arn      = module.load_balancer.target_group_arn
    container_name = "dashboard"
    port           = local.dashboard_port
  }
}

module "dashboard_scaling" {
  source = "../modules/dashboard_scaling"
  count  = var.deploy_services ? 1 : 0

  cluster_name   = module.cluster.name
  service_name   = module.dashboard_service[0].name
  min_tasks      = var.dashboard_tasks.min
  max_tasks      = var.dashboard_tasks.max
  cpu_percent    = var.dashboard_tasks.cpu_percent
  memory_percent = var.dashboard_tasks.memory_percent
}

# --- Worker

module "worker_task" {
  source = "../modules/task"

  name                = "worker"
  family              = "${local.name}-worker"
  image               = local.image
  command             = ["python", "-m", "dramatiq", "tasks.actors", "--processes", tostring(var.worker_tasks.processes), "--threads", "1", "--worker-shutdown-timeout", "3600000"]
  environment         = local.environments.worker
  database_secret_arn = module.database_url.secret_arn
  cpu                 = var.worker_tasks.cpu
  memory              = var.worker_tasks.memory
  disk_gb             = var.worker_tasks.disk_gb
  # Process 1 is the master: it is well while it has worker processes.
  health_command     = ["python", "-c", "import sys; sys.exit(not open('/proc/1/task/1/children').read())"]
  stop_seconds       = local.worker_stop_seconds
  execution_role_arn = module.permissions.role_arns["execution"]
  task_role_arn      = module.permissions.role_arns["worker"]
  log_group_name     = aws_cloudwatch_log_group.this["worker"].name
  collector_image    = local.collector_image
}

module "worker_service" {
  source = "../modules/service"
  count  = var.deploy_services ? 1 : 0

  name                = local.services.worker
  cluster_arn         = module.cluster.arn
  task_definition_arn = module.worker_task.arn
  first_count         = var.worker_tasks.min
  subnet_ids          = module.network.private_subnet_ids
  security_group_id   = module.security_groups.ids["worker"]
}

module "worker_scaling" {
  source = "../modules/worker_scaling"
  count  = var.deploy_services ? 1 : 0

  cluster_name     = module.cluster.name
  service_name     = module.worker_service[0].name
  queue_name       = local.worker_queue.name
  min_tasks        = var.worker_tasks.min
  max_tasks        = var.worker_tasks.max
  backlog_per_task = var.worker_tasks.backlog_per_task
  oldest_seconds   = var.worker_tasks.oldest_seconds
}

module "lambda_worker" {
  source = "../modules/lambda_worker"
  count  = local.with_lambda ? 1 : 0

  name                 = local.function
  package              = var.lambda.package
  package_bucket_name  = module.store.name
  role_arn             = module.permissions.role_arns["function"]
  environment          = local.environments.function
  subnet_ids           = module.network.private_subnet_ids
  security_group_id    = module.security_groups.ids["worker"]
  queue_arn            = module.queue.arn
  memory_mb            = var.lambda.memory_mb
  disk_mb              = var.lambda.disk_mb
  timeout_seconds      = var.lambda.timeout_seconds
  batch_size           = var.lambda.batch_size
  batch_window_seconds = var.lambda.batch_window_seconds
  max_concurrency      = var.lambda.max_concurrency
  kms_key_arn          = module.encryption.key_arn
  traces               = var.tracing.enabled
}

# --- Migrations: run once before new services, see infra/README.md

module "migrate_task" {
  source = "../modules/task"

  name                = "migrate"
  family              = "${local.name}-migrate"
  image               = local.image
  command             = ["python", "-m", "alembic", "upgrade", "head"]
  environment         = local.common
  database_secret_arn = module.database_url.secret_arn
  cpu                 = 512
  memory              = 1024
  stop_seconds        = local.worker_stop_seconds
  execution_role_arn  = module.permissions.role_arns["execution"]
  task_role_arn       = null # it speaks to the database only
  log_group_name      = aws_cloudwatch_log_group.this["migrate"].name
}
