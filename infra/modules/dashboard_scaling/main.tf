locals {
  aims = {
    cpu    = { metric = "ECSServiceAverageCPUUtilization", percent = var.cpu_percent }
    memory = { metric = "ECSServiceAverageMemoryUtilization", percent = var.memory_percent }
  }
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  resource_id        = "service/${var.cluster_name}/${var.service_name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.min_tasks
  max_capacity       = var.max_tasks
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.aims

  name               = "${var.service_name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = each.value.percent
    scale_out_cooldown = 60
    scale_in_cooldown  = 600 # people on a task that goes have to find their page again

    predefined_metric_specification {
      predefined_metric_type = each.value.metric
    }
  }
}
