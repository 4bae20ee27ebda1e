# One container on Fargate, without privileges and with a root file system that it cannot write to.

data "aws_region" "current" {}

locals {
  logs = {
    logDriver = "awslogs"
    options = {
      awslogs-group         = var.log_group_name
      awslogs-region        = data.aws_region.current.name
      awslogs-stream-prefix = var.name
    }
  }

  product = {
    name                   = var.name
    image                  = var.image
    command                = var.command
    essential              = true
    user                   = "10001" # the image's own
    readonlyRootFilesystem = true
    stopTimeout            = var.stop_seconds
    environment            = [for name in sort(keys(var.environment)) : { name = name, value = var.environment[name] }]
    secrets                = [{ name = "DATABASE_URL", valueFrom = var.database_secret_arn }]
    mountPoints            = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    portMappings           = var.port == null ? [] : [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]
    linuxParameters        = { capabilities = { drop = ["ALL"] } }
    logConfiguration       = local.logs
    systemControls         = []
    volumesFrom            = []
  }

  health = var.health_command == null ? {} : {
    healthCheck = {
      command     = concat(["CMD"], var.health_command)
      interval    = 10
      timeout     = 5
      retries     = 3
      startPeriod = 30
    }
  }

  collector = {
    name                   = "collector"
    image                  = var.collector_image
    essential              = false # the product goes on without its traces
    readonlyRootFilesystem = true
    stopTimeout            = var.stop_seconds
    environment            = [{ name = "AOT_CONFIG_CONTENT", value = file("${path.module}/collector.yaml") }]
    portMappings           = []
    mountPoints            = []
    logConfiguration       = merge(local.logs, { options = merge(local.logs.options, { awslogs-stream-prefix = "collector" }) })
    systemControls         = []
    volumesFrom            = []
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = var.family
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = var.execution_role_arn
  task_role_arn            = var.task_role_arn

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "X86_64"
  }

  ephemeral_storage {
    size_in_gib = var.disk_gb
  }

  # The folder's owner and mode are those of /tmp in the image, which declares it as a volume.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode(concat(
    [merge(local.product, local.health)],
    var.collector_image == null ? [] : [local.collector],
  ))
}
