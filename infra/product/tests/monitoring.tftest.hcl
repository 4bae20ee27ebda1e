mock_provider "aws" {
  source          = "./tests/mocks"
  override_during = plan
}

run "people_are_told_of_trouble" {
  command = plan

  variables {
    alarm_emails = ["data-ops@example.com"]
  }

  # Metric, dimensions, comparison, threshold, and seconds until it is raised.
  assert {
    condition = {
      for name, alarm in module.monitoring.planned.alarms : name => join(" ", [
        alarm.namespace, alarm.metric_name, jsonencode(coalesce(alarm.dimensions, {})),
        alarm.comparison_operator == "LessThanThreshold" ? "<" : ">", alarm.threshold, alarm.period * alarm.evaluation_periods,
      ])
      } == {
      jobs-waiting         = "AWS/SQS ApproximateNumberOfMessagesVisible {\"QueueName\":\"prod-ingestion-queue\"} > 100 180"
      jobs-oldest          = "AWS/SQS ApproximateAgeOfOldestMessage {\"QueueName\":\"prod-ingestion-queue\"} > 900 180"
      dead-letters         = "AWS/SQS ApproximateNumberOfMessagesVisible {\"QueueName\":\"prod-ingestion-dlq\"} > 0 60"
      worker-errors        = "DataIngestion/production WorkerErrors {} > 0 300"
      load-balancer-5xx    = "AWS/ApplicationELB HTTPCode_ELB_5XX_Count {\"LoadBalancer\":\"app/the-balancer/1\"} > 10 300"
      dashboard-5xx        = "AWS/ApplicationELB HTTPCode_Target_5XX_Count {\"LoadBalancer\":\"app/the-balancer/1\"} > 10 300"
      unhealthy-targets    = "AWS/ApplicationELB UnHealthyHostCount {\"LoadBalancer\":\"app/the-balancer/1\",\"TargetGroup\":\"targetgroup/the-targets/1\"} > 0 180"
      database-connections = "AWS/RDS DatabaseConnections {\"DBInstanceIdentifier\":\"prod-ingestion\"} > 600 900"
      database-cpu         = "AWS/RDS CPUUtilization {\"DBInstanceIdentifier\":\"prod-ingestion\"} > 80 900"
      database-storage     = "AWS/RDS FreeStorageSpace {\"DBInstanceIdentifier\":\"prod-ingestion\"} < 21474836480 900"
    }
    error_message = "These alarms, from these values on, and no others."
  }

  assert {
    condition = alltrue([for alarm in values(module.monitoring.planned.alarms) :
      alarm.alarm_actions == toset([module.monitoring.topic_arn]) && alarm.ok_actions == toset([module.monitoring.topic_arn])
    ])
    error_message = "Every alarm goes to the topic, and so does its end."
  }

  assert {
    condition     = module.monitoring.planned.topic.kms_master_key_id == module.encryption.key_arn
    error_message = "The topic is encrypted with a key that CloudWatch may use."
  }

  assert {
    condition     = module.monitoring.planned.emails["data-ops@example.com"].protocol == "email" && module.monitoring.planned.emails["data-ops@example.com"].topic_arn == module.monitoring.topic_arn
    error_message = "The addresses are subscribed to the topic."
  }

  assert {
    condition     = contains([for statement in jsondecode(module.encryption.planned.key.policy).Statement : statement.Principal.Service if can(statement.Principal.Service)], "cloudwatch.amazonaws.com")
    error_message = "Without the key CloudWatch cannot write to the topic."
  }
}

run "errors_are_counted_from_the_workers_log" {
  command = plan

  assert {
    condition = (
      join(" ", keys(module.monitoring.planned.filters)) == "worker"
      && module.monitoring.planned.filters["worker"].log_group_name == "/ecs/prod-ingestion/worker"
      && module.monitoring.planned.filters["worker"].pattern == "{ $.level = \"error\" || $.level = \"critical\" }"
      && module.monitoring.planned.filters["worker"].metric_transformation[0].name == "WorkerErrors"
      && module.monitoring.planned.filters["worker"].metric_transformation[0].namespace == "DataIngestion/production"
    )
    error_message = "Lines of level error and critical count as errors of workers."
  }
}

run "a_lambda_is_watched_too" {
  command = plan

  variables {
    worker = "lambda"
    lambda = { package = "./versions.tf" }
  }

  assert {
    condition = length(setsubtract(
      ["function-process-errors", "function-upkeep-errors", "large-files-waiting", "large-files-oldest"],
      keys(module.monitoring.planned.alarms),
    )) == 0
    error_message = "Functions and the queue of large files have alarms."
  }

  assert {
    condition     = join(" ", keys(module.monitoring.planned.filters)) == "process upkeep worker"
    error_message = "Errors are counted from the functions' logs, too."
  }
}

run "thresholds_can_be_chosen" {
  command = plan

  variables {
    alarm_thresholds = { waiting_messages = 500 }
  }

  assert {
    condition     = module.monitoring.planned.alarms["jobs-waiting"].threshold == 500 && module.monitoring.planned.alarms["jobs-oldest"].threshold == 900
    error_message = "What is not chosen stays as it is."
  }
}

run "one_dashboard_shows_it" {
  command = plan

  assert {
    condition     = length(module.monitoring.planned.graphs) == length(distinct([for graph in module.monitoring.planned.graphs : "${graph.x} ${graph.y}"])) && alltrue([for graph in module.monitoring.planned.graphs : length(graph.properties.metrics) > 0])
    error_message = "Every graph has a place of its own and something to show."
  }
}
