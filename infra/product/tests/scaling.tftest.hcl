mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "the_dashboard_has_2_to_10_tasks_by_cpu_and_memory" {
  command = plan

  assert {
    condition     = module.dashboard_scaling[0].planned.target.min_capacity == 2 && module.dashboard_scaling[0].planned.target.max_capacity == 10
    error_message = "The dashboard has 2 to 10 tasks."
  }

  assert {
    condition     = module.dashboard_scaling[0].planned.target.resource_id == "service/data-ingestion-cluster/dashboard-service"
    error_message = "It is the dashboard's service that is scaled."
  }

  assert {
    condition = {
      for name, policy in module.dashboard_scaling[0].planned.policies : name => [
        policy.policy_type,
        policy.target_tracking_scaling_policy_configuration[0].predefined_metric_specification[0].predefined_metric_type,
        tostring(policy.target_tracking_scaling_policy_configuration[0].target_value),
      ]
      } == {
      cpu    = ["TargetTrackingScaling", "ECSServiceAverageCPUUtilization", "60"]
      memory = ["TargetTrackingScaling", "ECSServiceAverageMemoryUtilization", "70"]
    }
    error_message = "It aims at 60% of CPU and 70% of memory."
  }
}

run "the_worker_has_1_to_5_tasks_by_backlog_and_age" {
  command = plan

  assert {
    condition     = module.worker_scaling[0].planned.target.min_capacity == 1 && module.worker_scaling[0].planned.target.max_capacity == 5
    error_message = "The worker has 1 to 5 tasks."
  }

  assert {
    condition     = module.worker_scaling[0].planned.target.resource_id == "service/data-ingestion-cluster/worker-service"
    error_message = "It is the worker's service that is scaled."
  }

  assert {
    condition     = module.worker_scaling[0].planned.backlog.target_tracking_scaling_policy_configuration[0].target_value == 10
    error_message = "It aims at 10 waiting messages for each task."
  }

  assert {
    condition = {
      for metric in module.worker_scaling[0].planned.backlog.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metrics :
      metric.id => [
        metric.metric_stat[0].metric[0].namespace,
        metric.metric_stat[0].metric[0].metric_name,
        join(" ", sort([for dimension in metric.metric_stat[0].metric[0].dimensions : "${dimension.name}=${dimension.value}"])),
      ] if length(metric.metric_stat) > 0
      } == {
      waiting = ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName=prod-ingestion-queue"]
      running = ["ECS/ContainerInsights", "RunningTaskCount", "ClusterName=data-ingestion-cluster ServiceName=worker-service"]
    }
    error_message = "The backlog is made of the queue's waiting messages and the service's running tasks."
  }

  assert {
    condition = [
      for metric in module.worker_scaling[0].planned.backlog.target_tracking_scaling_policy_configuration[0].customized_metric_specification[0].metrics :
      metric.expression if metric.return_data
    ] == ["waiting / IF(FILL(running, 1) > 1, running, 1)"]
    error_message = "Scaling follows the quotient, also where no task runs."
  }

  assert {
    condition = [
      for step in sort([for step in module.worker_scaling[0].planned.age.step_scaling_policy_configuration[0].step_adjustment : "${step.metric_interval_lower_bound}:${step.scaling_adjustment}"]) : step
    ] == ["0:1", "300:2"]
    error_message = "A message older than the threshold adds a task, one twice as old two."
  }

  assert {
    condition = (
      module.worker_scaling[0].planned.alarm.metric_name == "ApproximateAgeOfOldestMessage"
      && module.worker_scaling[0].planned.alarm.dimensions == tomap({ QueueName = "prod-ingestion-queue" })
      && module.worker_scaling[0].planned.alarm.threshold == 300
      && module.worker_scaling[0].planned.alarm.alarm_actions == toset([module.worker_scaling[0].planned.age.arn])
    )
    error_message = "The oldest message's age starts more tasks from 5 minutes on."
  }

  assert {
    condition     = [for setting in module.cluster.planned.cluster.setting : setting.value if setting.name == "containerInsights"] == ["enabled"]
    error_message = "Container Insights counts the running tasks."
  }
}

run "before_the_first_image_nothing_runs" {
  command = plan

  variables {
    deploy_services = false
  }

  assert {
    condition     = length(module.dashboard_service) + length(module.worker_service) + length(module.dashboard_scaling) + length(module.worker_scaling) == 0
    error_message = "Without services there is nothing to scale."
  }

  assert {
    condition     = module.migrate_task.family == "prod-ingestion-migrate"
    error_message = "The database can be migrated before there are services."
  }
}
