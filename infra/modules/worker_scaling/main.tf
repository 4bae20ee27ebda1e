resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  resource_id        = "service/${var.cluster_name}/${var.service_name}"
  scalable_dimension = "ecs:service:DesiredCount"
  min_capacity       = var.min_tasks
  max_capacity       = var.max_tasks
}

# Many small files: messages that wait, for each task that runs.
resource "aws_appautoscaling_policy" "backlog" {
  name               = "${var.service_name}-backlog"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension

  target_tracking_scaling_policy_configuration {
    target_value       = var.backlog_per_task
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    customized_metric_specification {
      metrics {
        id          = "waiting"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "AWS/SQS"
            metric_name = "ApproximateNumberOfMessagesVisible"

            dimensions {
              name  = "QueueName"
              value = var.queue_name
            }
          }
        }
      }

      metrics {
        id          = "running"
        return_data = false

        metric_stat {
          stat = "Average"

          metric {
            namespace   = "ECS/ContainerInsights"
            metric_name = "RunningTaskCount"

            dimensions {
              name  = "ClusterName"
              value = var.cluster_name
            }

            dimensions {
              name  = "ServiceName"
              value = var.service_name
            }
          }
        }
      }

      metrics {
        id          = "backlog"
        label       = "Waiting messages for each running task"
        expression  = "waiting / IF(FILL(running, 1) > 1, running, 1)" # none running counts as one
        return_data = true
      }
    }
  }
}

# One large file in front of others: the backlog is short, and yet somebody waits.
resource "aws_appautoscaling_policy" "age" {
  name               = "${var.service_name}-age"
  policy_type        = "StepScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  resource_id        = aws_appautoscaling_target.this.resource_id
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension

  step_scaling_policy_configuration {
    adjustment_type         = "ChangeInCapacity"
    metric_aggregation_type = "Maximum"
    cooldown                = 120

    step_adjustment {
      metric_interval_lower_bound = 0
      metric_interval_upper_bound = var.oldest_seconds
      scaling_adjustment          = 1
    }

    step_adjustment {
      metric_interval_lower_bound = var.oldest_seconds # twice the age, and more
      scaling_adjustment          = 2
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "${var.service_name}-${var.queue_name}-scale-by-age"
  alarm_description   = "Starts more worker tasks: the oldest message waits too long"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateAgeOfOldestMessage"
  dimensions          = { QueueName = var.queue_name }
  statistic           = "Maximum"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = var.oldest_seconds
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_appautoscaling_policy.age.arn]
}
