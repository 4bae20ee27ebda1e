variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"
}

variable "domain_name" {
  description = "Where people reach the dashboard, such as contacts.example.com."
  type        = string
}

variable "certificate_arn" {
  description = "Certificate of that domain in ACM, in the same region."
  type        = string
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
}

variable "image_tag" {
  description = "Tag of the image to run, in the registry's repository."
  type        = string
}

variable "deploy_services" {
  description = "Run the services. false until the first image is pushed and the database is migrated."
  type        = bool
  default     = true
}

variable "bucket_suffix" {
  description = "Ending of the buckets' names, such as -example."
  type        = string
  default     = ""
}

variable "alarm_emails" {
  description = "Addresses that are told of alarms."
  type        = set(string)
  default     = []
}

variable "settings" {
  description = "Settings of the product other than its defaults, by their names in .env.example."
  type        = map(string)
  default     = {}
}

variable "tracing" {
  description = "Send traces to X-Ray."
  type        = bool
  default     = false
}

variable "worker" {
  description = "Who processes files: ecs or lambda."
  type        = string
  default     = "ecs"
}

variable "lambda_package" {
  description = "With worker = \"lambda\": the zip file that `python -m infra.packaging` makes."
  type        = string
  default     = null
}

variable "generate_database_password" {
  description = "Have AWS make the database's password."
  type        = bool
  default     = true
}

variable "database_password" {
  description = "The database's password where it is not generated."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "database_password_version" {
  description = "A higher number changes the password."
  type        = number
  default     = 1
}
