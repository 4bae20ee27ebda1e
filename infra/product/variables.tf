variable "environment" {
  description = "staging or production. Says how everything is named; production has the customer's names."
  type        = string

  validation {
    condition     = contains(["staging", "production"], var.environment)
    error_message = "Set environment to staging or production."
  }
}

variable "domain_name" {
  description = "Where people reach the dashboard, such as contacts.example.com."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "Set domain_name to a name such as contacts.example.com, without https:// and in lower case."
  }
}

variable "certificate_arn" {
  description = "Certificate of that domain in ACM, in the same region."
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/.+$", var.certificate_arn))
    error_message = "Set certificate_arn to the ARN of a certificate in ACM: arn:aws:acm:REGION:ACCOUNT:certificate/ID."
  }
}

variable "hosted_zone_id" {
  description = "Zone of Route 53 in which the domain is made to point here; null: you do that elsewhere."
  type        = string
  default     = null
}

variable "allowed_cidrs" {
  description = "Addresses from which people reach the dashboard."
  type        = list(string)
  default     = ["0.0.0.0/0"]

  validation {
    condition     = length(var.allowed_cidrs) > 0 && alltrue([for cidr in var.allowed_cidrs : can(cidrhost(cidr, 0))])
    error_message = "List at least one range of addresses, such as 203.0.113.0/24."
  }
}

variable "image_tag" {
  description = "Tag of the image to run, in the registry's repository. A tag is never pushed twice."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$", var.image_tag)) && var.image_tag != "latest"
    error_message = "Set image_tag to one image's own tag, such as its commit; latest says nothing."
  }
}

variable "deploy_services" {
  description = "Run the services. false until the first image is pushed and the database is migrated."
  type        = bool
  default     = true
}

variable "worker" {
  description = "Who processes files: ecs, or lambda with ECS workers for files that are too large for it."
  type        = string
  default     = "ecs"

  validation {
    condition     = contains(["ecs", "lambda"], var.worker)
    error_message = "Set worker to ecs or lambda."
  }
}

variable "network" {
  description = "The network: its addresses; its two zones, by the letters after the region's name; a NAT gateway in each zone or one for both; AWS services reached without it."
  type = object({
    cidr                = optional(string, "10.20.0.0/16")
    zone_letters        = optional(list(string), ["a", "b"])
    nat_per_zone        = optional(bool, true)
    interface_endpoints = optional(set(string), [])
  })
  default = {}

  validation {
    condition     = can(cidrsubnet(var.network.cidr, 4, 15)) && can(regex("/(1[6-9]|2[0-2])$", var.network.cidr))
    error_message = "Set network.cidr to a range from /16 to /22, such as 10.20.0.0/16."
  }

  validation {
    condition     = length(distinct(var.network.zone_letters)) == 2 && length(var.network.zone_letters) == 2 && alltrue([for letter in var.network.zone_letters : can(regex("^[a-z]$", letter))])
    error_message = "Set network.zone_letters to two different letters, such as [\"a\", \"b\"]."
  }
}

variable "dashboard_tasks" {
  description = "Tasks of the dashboard: size (1024ths of a vCPU, MiB), how many, and the average use in percent that scaling aims at."
  type = object({
    cpu            = optional(number, 1024)
    memory         = optional(number, 2048)
    min            = optional(number, 2)
    max            = optional(number, 10)
    cpu_percent    = optional(number, 60)
    memory_percent = optional(number, 70)
  })
  default = {}

  validation {
    condition     = 1 <= var.dashboard_tasks.min && var.dashboard_tasks.min <= var.dashboard_tasks.max && var.dashboard_tasks.max <= 10
    error_message = "The dashboard has 1 to 10 tasks, and dashboard_tasks.min is not above dashboard_tasks.max."
  }
}

variable "worker_tasks" {
  description = "Tasks of the worker: size (1024ths of a vCPU, MiB, GB of disk), processes in each, how many tasks, waiting messages for each task that scaling aims at, and the age in seconds from which it adds tasks whatever the backlog."
  type = object({
    cpu              = optional(number, 1024)
    memory           = optional(number, 2048)
    disk_gb          = optional(number, 50)
    processes        = optional(number, 2)
    min              = optional(number, 1)
    max              = optional(number, 5)
    backlog_per_task = optional(number, 10)
    oldest_seconds   = optional(number, 300)
  })
  default = {}

  validation {
    condition     = var.worker_tasks.min <= var.worker_tasks.max && var.worker_tasks.max <= 5 && var.worker_tasks.min >= (var.worker == "lambda" ? 0 : 1)
    error_message = "The worker has 1 to 5 tasks, or from 0 beside a Lambda, and worker_tasks.min is not above worker_tasks.max."
  }

  validation {
    condition     = var.worker_tasks.disk_gb >= 21 && var.worker_tasks.disk_gb <= 200
    error_message = "Set worker_tasks.disk_gb to 21 to 200, which is what Fargate has."
  }
}

variable "lambda" {
  description = "With worker = \"lambda\": the zip file that `python -m infra.packaging` makes, the largest file it takes in MB, disk in MB, and the mapping's batch, window in seconds and concurrency."
  type = object({
    package              = optional(string)
    max_file_mb          = optional(number, 100)
    memory_mb            = optional(number, 1024)
    disk_mb              = optional(number, 512)
    timeout_seconds      = optional(number, 300)
    batch_size           = optional(number, 10)
    batch_window_seconds = optional(number, 5)
    max_concurrency      = optional(number, 10)
  })
  default = {}

  validation {
    condition     = var.worker == "ecs" || var.lambda.package != null
    error_message = "Set lambda.package to the zip file that `python -m infra.packaging` makes, such as ../../../build/lambda.zip."
  }

  validation {
    condition     = var.lambda.timeout_seconds <= var.queue.visibility_seconds
    error_message = "SQS refuses a function that may run longer than a message is hidden: lower lambda.timeout_seconds or raise queue.visibility_seconds."
  }

  validation {
    condition     = var.lambda.max_concurrency >= 2 && var.lambda.max_concurrency <= 1000
    error_message = "Set lambda.max_concurrency to 2 to 1000, which is what an event source mapping takes."
  }
}

variable "queue" {
  description = "How long a message is hidden once a worker has it, and after how many receives it is a dead letter."
  type = object({
    visibility_seconds = optional(number, 300)
    max_receives       = optional(number, 3)
  })
  default = {}

  validation {
    condition     = var.queue.visibility_seconds >= 30 && var.queue.visibility_seconds <= 43200
    error_message = "Set queue.visibility_seconds to 30 to 43200."
  }

  validation {
    condition     = var.queue.max_receives >= 1 && var.queue.max_receives <= 1000
    error_message = "Set queue.max_receives to 1 to 1000."
  }
}

variable "bucket_suffix" {
  description = "Ending of the buckets' names, such as -example: a bucket's name exists once in all of AWS. Empty: the customer's name as it is."
  type        = string
  default     = ""

  validation {
    condition     = can(regex("^(-[a-z0-9][a-z0-9-]{0,28}[a-z0-9])?$", var.bucket_suffix))
    error_message = "Set bucket_suffix to a hyphen and 2 to 30 small letters, digits and hyphens, or leave it empty."
  }
}

variable "database" {
  description = "The database: size, version, a standby in the other zone, storage and the most that it grows to in GB, days of snapshots, a read replica."
  type = object({
    instance_class   = optional(string, "db.m7g.large")
    engine_version   = optional(string, "17")
    multi_az         = optional(bool, true)
    allocated_gb     = optional(number, 100)
    max_allocated_gb = optional(number, 1000)
    backup_days      = optional(number, 14)
    read_replica     = optional(bool, false)
  })
  default = {}

  validation {
    condition     = can(regex("^17(\\.[0-9]+)?$", var.database.engine_version))
    error_message = "Set database.engine_version to 17 or 17.x."
  }

  validation {
    condition     = var.database.backup_days >= 1 && var.database.backup_days <= 35
    error_message = "Set database.backup_days to 1 to 35: without daily snapshots a mistake cannot be taken back."
  }

  validation {
    condition     = var.database.allocated_gb >= 20 && var.database.max_allocated_gb > var.database.allocated_gb
    error_message = "Set database.allocated_gb to at least 20, and database.max_allocated_gb above it."
  }
}

variable "database_password" {
  description = "The database's password, of 16 to 128 letters and digits. It is kept in no state."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = can(regex("^[A-Za-z0-9]{16,128}$", var.database_password))
    error_message = "database_password has 16 to 128 letters and digits: it stands in an address."
  }
}

variable "database_password_version" {
  description = "A higher number changes the password. Then start new tasks: they read it at a start."
  type        = number
  default     = 1
}

variable "settings" {
  description = "Settings of the product other than its defaults, by their names in .env.example."
  type        = map(string)
  default     = {}

  validation {
    condition = alltrue([for name in keys(var.settings) : contains([
      "MAX_UPLOAD_MB", "MAX_XLSX_MB", "DIRECT_UPLOAD_ABOVE_MB", "UPLOADS_PER_HOUR", "REGISTRATION",
      "REGISTRATIONS_PER_HOUR", "SESSION_HOURS", "SESSION_IDLE_MINUTES", "SQS_WAIT_SECONDS", "JOB_TIME_LIMIT_MINUTES",
      "JOB_MAX_ATTEMPTS", "REQUEUE_AFTER_SECONDS", "RETRY_PAUSE_SECONDS", "SHUTDOWN_SECONDS", "RETENTION_DAYS", "LOG_LEVEL",
    ], name)])
    error_message = "settings takes what .env.example explains under what people may do, who gets in (but hosts and proxies), how jobs run, what is kept, and LOG_LEVEL. Everything else follows from other variables."
  }

  validation {
    condition     = tonumber(lookup(var.settings, "SHUTDOWN_SECONDS", "110")) <= 115
    error_message = "Set SHUTDOWN_SECONDS to at most 115: Fargate ends a task 120 seconds after it was told to stop."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the database and the load balancer, and buckets and the registry while something is in them."
  type        = bool
  default     = true
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 90

  validation {
    condition     = contains([7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731], var.log_retention_days)
    error_message = "Set log_retention_days to 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545 or 731, which are what CloudWatch has."
  }
}

variable "access_logs" {
  description = "Keep access logs of the store, in a bucket of their own."
  type        = bool
  default     = true
}

variable "load_balancer_access_logs" {
  description = "Keep access logs of the load balancer too, in the same bucket. They have addresses with their query, and so the secret links of invitations and new passwords, which whoever reads them could use first."
  type        = bool
  default     = false

  validation {
    condition     = var.access_logs || !var.load_balancer_access_logs
    error_message = "load_balancer_access_logs needs the bucket of access_logs."
  }
}

variable "alarm_emails" {
  description = "Addresses that are told of alarms; each gets a message first and has to confirm."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alarm_emails holds e-mail addresses."
  }
}

variable "alarm_thresholds" {
  description = "When alarms are raised: waiting messages, age of the oldest in seconds, errors of workers and answers 5xx in five minutes, the database's connections, CPU in percent, free storage in GB."
  type = object({
    waiting_messages     = optional(number, 100)
    oldest_seconds       = optional(number, 900)
    worker_errors        = optional(number, 0)
    answers_5xx          = optional(number, 10)
    database_connections = optional(number, 600)
    database_cpu_percent = optional(number, 80)
    database_storage_gb  = optional(number, 20)
  })
  default = {}
}

variable "tracing" {
  description = "Traces to X-Ray by a collector beside each task; off by default. The image is AWS's distribution of OpenTelemetry."
  type = object({
    enabled         = optional(bool, false)
    collector_image = optional(string, "public.ecr.aws/aws-observability/aws-otel-collector:v0.43.3")
  })
  default = {}
}
