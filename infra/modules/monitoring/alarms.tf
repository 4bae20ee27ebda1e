# Each alarm: what it says, of which metric, and from when on. Times are in seconds.

locals {
  gigabyte = 1024 * 1024 * 1024

  waiting = {
    for what, queue in var.queue_names : "${what}-waiting" => {
      says       = "More messages wait in ${queue} than workers keep up with"
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = queue }
      statistic  = "Maximum"
      is_below   = false
      threshold  = var.thresholds.waiting_messages
      period     = 60
      periods    = 3
    }
  }

  oldest = {
    for what, queue in var.queue_names : "${what}-oldest" => {
      says       = "The oldest message of ${queue} waits too long: are workers alive?"
      namespace  = "AWS/SQS"
      metric     = "ApproximateAgeOfOldestMessage"
      dimensions = { QueueName = queue }
      statistic  = "Maximum"
      is_below   = false
      threshold  = var.thresholds.oldest_seconds
      period     = 60
      periods    = 3
    }
  }

  functions = {
    for role, name in var.function_names : "function-${role}-errors" => {
      says       = "${name} ended with an error or ran out of time"
      namespace  = "AWS/Lambda"
      metric     = "Errors"
      dimensions = { FunctionName = name }
      statistic  = "Sum"
      is_below   = false
      threshold  = var.thresholds.worker_errors
      period     = 300
      periods    = 1
    }
  }

  answers = {
    load-balancer-5xx = { metric = "HTTPCode_ELB_5XX_Count", says = "The load balancer itself answers with errors: no task takes requests" }
    dashboard-5xx     = { metric = "HTTPCode_Target_5XX_Count", says = "The dashboard answers with errors" }
  }

  pages = {
    for name, answer in local.answers : name => {
      says       = answer.says
      namespace  = "AWS/ApplicationELB"
      metric     = answer.metric
      dimensions = { LoadBalancer = var.load_balancer.dimension }
      statistic  = "Sum"
      is_below   = false
      threshold  = var.thresholds.answers_5xx
      period     = 300
      periods    = 1
    }
  }

  figures = {
    database-connections = { metric = "DatabaseConnections", threshold = var.thresholds.database_connections, is_below = false, says = "The database's connections run out" }
    database-cpu         = { metric = "CPUUtilization", threshold = var.thresholds.database_cpu_percent, is_below = false, says = "The database's processors are busy for 15 minutes" }
    database-storage     = { metric = "FreeStorageSpace", threshold = var.thresholds.database_storage_gb * local.gigabyte, is_below = true, says = "The database's storage runs out" }
  }

  database = {
    for name, figure in local.figures : name => {
      says       = figure.says
      namespace  = "AWS/RDS"
      metric     = figure.metric
      dimensions = { DBInstanceIdentifier = var.database_identifier }
      statistic  = "Average"
      is_below   = figure.is_below
      threshold  = figure.threshold
      period     = 300
      periods    = 3
    }
  }

  single = {
    dead-letters = {
      says       = "A message failed for good: see the page Operations"
      namespace  = "AWS/SQS"
      metric     = "ApproximateNumberOfMessagesVisible"
      dimensions = { QueueName = var.dead_letter_queue_name }
      statistic  = "Maximum"
      is_below   = false
      threshold  = 0
      period     = 60
      periods    = 1
    }
    worker-errors = {
      says       = "Workers log errors"
      namespace  = var.namespace
      metric     = "WorkerErrors"
      dimensions = {}
      statistic  = "Sum"
      is_below   = false
      threshold  = var.thresholds.worker_errors
      period     = 300
      periods    = 1
    }
    unhealthy-targets = {
      says       = "A task of the dashboard does not answer at /livez"
      namespace  = "AWS/ApplicationELB"
      metric     = "UnHealthyHostCount"
      dimensions = { LoadBalancer = var.load_balancer.dimension, TargetGroup = var.load_balancer.target_group_dimension }
      statistic  = "Maximum"
      is_below   = false
      threshold  = 0
      period     = 60
      periods    = 3
    }
  }

  alarms = merge(local.waiting, local.oldest, local.functions, local.pages, local.database, local.single)
}
