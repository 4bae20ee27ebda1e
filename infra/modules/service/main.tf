# New tasks come before old ones go. Where new ones do not get well, ECS goes back to what ran before.
resource "aws_ecs_service" "this" {
  name             = var.name
  cluster          = var.cluster_arn
  task_definition  = var.task_definition_arn
  desired_count    = var.first_count
  launch_type      = "FARGATE"
  platform_version = "LATEST"
  propagate_tags   = "SERVICE"

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = var.target == null ? null : 60
  wait_for_steady_state              = true # an apply ends when the new tasks run

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = var.subnet_ids
    security_groups  = [var.security_group_id]
    assign_public_ip = false
  }

  dynamic "load_balancer" {
    for_each = var.target == null ? [] : [var.target]

    content {
      target_group_arn = load_balancer.value.group_arn
      container_name   = load_balancer.value.container_name
      container_port   = load_balancer.value.port
    }
  }

  lifecycle {
    ignore_changes = [desired_count]
  }
}
